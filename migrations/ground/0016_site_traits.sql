CREATE TABLE `site_traits` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`set_at` integer NOT NULL,
	`traits` text NOT NULL
);
