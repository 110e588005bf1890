CREATE TABLE `accounts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`kind` text NOT NULL,
	`key` blob NOT NULL,
	`unlinked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_key` ON `accounts` (`site_id`,`key`);--> statement-breakpoint
CREATE TABLE `former_keys` (
	`site_id` integer NOT NULL,
	`key` blob NOT NULL,
	`of` text NOT NULL,
	`id` integer NOT NULL,
	PRIMARY KEY(`site_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `links` (
	`site_id` integer NOT NULL,
	`visitor` integer NOT NULL,
	`account` integer NOT NULL,
	`linked_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `visitor`, `account`)
);
--> statement-breakpoint
CREATE INDEX `links_account` ON `links` (`site_id`,`account`);--> statement-breakpoint
CREATE TABLE `pending_keys` (
	`kek_id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `policies` (
	`site_id` integer NOT NULL,
	`version` integer NOT NULL,
	`document` text NOT NULL,
	`set_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `receipts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`visitor` integer NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`purposes` integer NOT NULL,
	`source` text NOT NULL,
	`policy_version` integer NOT NULL,
	`digest` blob
);
--> statement-breakpoint
CREATE INDEX `receipts_visitor` ON `receipts` (`site_id`,`visitor`);--> statement-breakpoint
CREATE TABLE `unlinks` (
	`site_id` integer NOT NULL,
	`visitor` integer NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`site_id`, `visitor`)
);
--> statement-breakpoint
CREATE TABLE `withdrawals` (
	`site_id` integer NOT NULL,
	`visitor` integer NOT NULL,
	`purposes` integer NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`site_id`, `visitor`)
);
