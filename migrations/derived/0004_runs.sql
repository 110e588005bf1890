CREATE TABLE `runs` (
	`run` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`outcome` text NOT NULL,
	`version` integer,
	`stages` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `runs_site` ON `runs` (`site_id`,`run`);