CREATE TABLE `destinations` (
	`site_id` integer NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`purpose` text NOT NULL,
	`added_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `name`)
);
