CREATE TABLE `retention` (
	`site_id` integer NOT NULL,
	`data_class` text NOT NULL,
	`days` integer NOT NULL,
	`set_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `data_class`)
);
