CREATE TABLE `consent_counts` (
	`site_id` integer NOT NULL,
	`day` integer NOT NULL,
	`state` text NOT NULL,
	`purposes` integer NOT NULL,
	`gpc` integer NOT NULL,
	`views` integer NOT NULL,
	PRIMARY KEY(`site_id`, `day`, `state`, `purposes`, `gpc`)
);
--> statement-breakpoint
CREATE TABLE `annotations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`date` text NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `annotations_date` ON `annotations` (`site_id`,`date`);