CREATE TABLE `events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`id` blob NOT NULL,
	`at` integer NOT NULL,
	`name` integer NOT NULL,
	`visitor` integer,
	`purposes` integer NOT NULL,
	`policy_version` integer NOT NULL,
	`path` integer,
	`title` integer,
	`referrer` integer,
	`campaign` integer,
	`order_key` blob,
	`currency` integer,
	`value` integer,
	`tax` integer,
	`shipping` integer,
	`discount` integer,
	`coupon` integer,
	`items` text,
	`properties` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_id` ON `events` (`site_id`,`id`);--> statement-breakpoint
CREATE TABLE `ledger` (
	`site_id` integer NOT NULL,
	`day` integer NOT NULL,
	`outcome` text NOT NULL,
	`reason` text NOT NULL,
	`events` integer NOT NULL,
	PRIMARY KEY(`site_id`, `day`, `outcome`, `reason`)
);
--> statement-breakpoint
CREATE TABLE `salts` (
	`site_id` integer NOT NULL,
	`use` text NOT NULL,
	`opens_at` integer NOT NULL,
	`closes_at` integer NOT NULL,
	`destroy_at` integer NOT NULL,
	`kek_id` text NOT NULL,
	`wrapped` blob NOT NULL,
	PRIMARY KEY(`site_id`, `use`, `opens_at`)
);
--> statement-breakpoint
CREATE TABLE `sites` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`origins` text NOT NULL,
	`policy` text NOT NULL,
	`policy_version` integer DEFAULT 1 NOT NULL,
	`floor` integer DEFAULT 50 NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sites_name_unique` ON `sites` (`name`);--> statement-breakpoint
CREATE TABLE `strings` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `strings_value_unique` ON `strings` (`value`);--> statement-breakpoint
CREATE TABLE `visitors` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`key` blob NOT NULL,
	`linked` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `visitors_key` ON `visitors` (`site_id`,`key`);--> statement-breakpoint
CREATE TABLE `written_messages` (
	`id` blob PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `written_messages_at` ON `written_messages` (`at`);