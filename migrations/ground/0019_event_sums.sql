CREATE TABLE `event_sums` (
	`block` integer PRIMARY KEY NOT NULL,
	`form` integer NOT NULL,
	`upto` integer NOT NULL,
	`sum` integer NOT NULL
);

--> statement-breakpoint
CREATE TRIGGER `event_sums_removed` AFTER DELETE ON `events` BEGIN
	DELETE FROM `event_sums` WHERE `block` = OLD.`seq` / 1024;
END;
--> statement-breakpoint
CREATE TRIGGER `event_sums_changed` AFTER UPDATE ON `events` BEGIN
	DELETE FROM `event_sums` WHERE `block` = OLD.`seq` / 1024;
END;
