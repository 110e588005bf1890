CREATE TABLE `event_spans` (
	`site_id` integer NOT NULL,
	`block` integer NOT NULL,
	`from_day` integer NOT NULL,
	`to_day` integer NOT NULL,
	PRIMARY KEY(`site_id`, `block`)
);
--> statement-breakpoint
CREATE INDEX `event_spans_block` ON `event_spans` (`block`);