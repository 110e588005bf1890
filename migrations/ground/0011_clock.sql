CREATE TABLE `clock` (
	`id` integer PRIMARY KEY NOT NULL,
	`trusted_at` integer NOT NULL,
	`ahead_since` integer,
	`ahead_last` integer
);
