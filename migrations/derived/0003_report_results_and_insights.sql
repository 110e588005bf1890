CREATE TABLE `insights` (
	`site_id` integer NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`at` integer NOT NULL,
	`published` text NOT NULL,
	PRIMARY KEY(`site_id`, `kind`, `key`)
);
--> statement-breakpoint
CREATE TABLE `report_results` (
	`site_id` integer NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`at` integer NOT NULL,
	`units` integer NOT NULL,
	`seq` integer NOT NULL,
	`result` text NOT NULL,
	PRIMARY KEY(`site_id`, `kind`, `key`)
);
--> statement-breakpoint
CREATE INDEX `report_results_at` ON `report_results` (`site_id`,`at`);