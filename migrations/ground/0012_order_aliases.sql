CREATE TABLE `order_aliases` (
	`site_id` integer NOT NULL,
	`key` blob NOT NULL,
	`stands_for` blob NOT NULL,
	`lasting` integer NOT NULL,
	PRIMARY KEY(`site_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `events_order` ON `events` (`site_id`,`order_key`) WHERE order_key IS NOT NULL;