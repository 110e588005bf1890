CREATE TABLE `mirror_marks` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `mirror_parts` (
	`site_id` integer NOT NULL,
	`day` integer NOT NULL,
	`file` text NOT NULL,
	`events` integer NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`site_id`, `day`, `file`)
);
