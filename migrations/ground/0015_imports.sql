CREATE TABLE `import_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`by` text NOT NULL,
	`format` text NOT NULL,
	`dry_run` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`stopped` text,
	`lines` integer DEFAULT 0 NOT NULL,
	`accepted` integer DEFAULT 0 NOT NULL,
	`next_line` integer DEFAULT 1 NOT NULL,
	`refused` text DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `import_runs_site` ON `import_runs` (`site_id`,`started_at`);