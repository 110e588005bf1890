CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `memberships` (
	`site_id` integer NOT NULL,
	`segment_id` text NOT NULL,
	`visitor` integer NOT NULL,
	PRIMARY KEY(`site_id`, `segment_id`, `visitor`)
);
--> statement-breakpoint
CREATE TABLE `models` (
	`site_id` integer NOT NULL,
	`version` integer NOT NULL,
	`at` integer NOT NULL,
	`model` text NOT NULL,
	`internals` text NOT NULL,
	PRIMARY KEY(`site_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `profiles` (
	`site_id` integer NOT NULL,
	`visitor` integer NOT NULL,
	`state` text NOT NULL,
	PRIMARY KEY(`site_id`, `visitor`)
);
--> statement-breakpoint
CREATE TABLE `releases` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `segments` (
	`site_id` integer NOT NULL,
	`version` integer NOT NULL,
	`id` text NOT NULL,
	`published` text NOT NULL,
	PRIMARY KEY(`site_id`, `version`, `id`)
);
--> statement-breakpoint
CREATE TABLE `watermarks` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`events` integer NOT NULL,
	`state_version` integer NOT NULL
);
