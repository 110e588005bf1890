CREATE TABLE `rule_segments` (
	`site_id` integer NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`rule` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
);
