CREATE TABLE `dead_letter_totals` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`letters` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`evicted` integer DEFAULT 0 NOT NULL,
	`expired` integer DEFAULT 0 NOT NULL,
	`replayed` integer DEFAULT 0 NOT NULL,
	`dropped` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`id` blob NOT NULL,
	`day` integer NOT NULL,
	`received_at` integer NOT NULL,
	`at` integer NOT NULL,
	`via` text NOT NULL,
	`line` integer,
	`reason` text NOT NULL,
	`pointer` text NOT NULL,
	`body` text,
	`visitor_key` blob,
	`linked` integer NOT NULL,
	`purposes` integer NOT NULL,
	`policy_version` integer NOT NULL,
	`order_key` blob,
	`bytes` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_id` ON `dead_letters` (`site_id`,`id`);--> statement-breakpoint
CREATE INDEX `dead_letters_site` ON `dead_letters` (`site_id`);