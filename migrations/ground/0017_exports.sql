CREATE TABLE `event_exports` (
	`id` text PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`by` text NOT NULL,
	`format` text NOT NULL,
	`from_at` integer NOT NULL,
	`to_at` integer NOT NULL,
	`snapshot` integer NOT NULL,
	`events` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `event_exports_site` ON `event_exports` (`site_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `event_exports_expiry` ON `event_exports` (`expires_at`);