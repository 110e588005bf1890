CREATE TABLE `visitor_models` (
	`site_id` integer NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`learned_of` text NOT NULL,
	`at` integer NOT NULL,
	`model` text NOT NULL,
	PRIMARY KEY(`site_id`, `kind`, `key`)
);
