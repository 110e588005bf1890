CREATE TABLE `contexts` (
	`id` integer PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`country` text NOT NULL,
	`region` text NOT NULL,
	`device` integer NOT NULL,
	`browser` integer NOT NULL,
	`os` integer NOT NULL,
	`language` text NOT NULL,
	`time_zone` text NOT NULL,
	`channel` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contexts_code_unique` ON `contexts` (`code`);--> statement-breakpoint
CREATE TABLE `plan_findings` (
	`site_id` integer NOT NULL,
	`day` integer NOT NULL,
	`mode` text NOT NULL,
	`reason` text NOT NULL,
	`event` text NOT NULL,
	`property` text NOT NULL,
	`events` integer NOT NULL,
	PRIMARY KEY(`site_id`, `day`, `mode`, `reason`, `event`, `property`)
);
--> statement-breakpoint
CREATE TABLE `task_runs` (
	`task` text PRIMARY KEY NOT NULL,
	`finished_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tracking_plans` (
	`site_id` integer NOT NULL,
	`version` integer NOT NULL,
	`set_at` integer NOT NULL,
	`plan` text NOT NULL,
	PRIMARY KEY(`site_id`, `version`)
);
--> statement-breakpoint
ALTER TABLE `events` ADD `context` integer;--> statement-breakpoint
ALTER TABLE `sites` ADD `bot_rules` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `plan_version` integer;