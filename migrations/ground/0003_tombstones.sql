CREATE TABLE `tombstones` (
	`site_id` integer NOT NULL,
	`digest` blob NOT NULL,
	`erased_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `digest`)
);
