CREATE TABLE `login_tries` (
	`slot` integer PRIMARY KEY NOT NULL,
	`full_at` integer NOT NULL
);
