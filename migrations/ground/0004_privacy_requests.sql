CREATE TABLE `objections` (
	`site_id` integer NOT NULL,
	`digest` blob NOT NULL,
	`objected_at` integer NOT NULL,
	`compared_to` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`site_id`, `digest`)
);
--> statement-breakpoint
CREATE TABLE `privacy_request_steps` (
	`request` integer NOT NULL,
	`nth` integer NOT NULL,
	`at` integer NOT NULL,
	`step` text NOT NULL,
	`detail` text,
	PRIMARY KEY(`request`, `nth`)
);
--> statement-breakpoint
CREATE TABLE `privacy_request_visitors` (
	`request` integer NOT NULL,
	`visitor` integer NOT NULL,
	PRIMARY KEY(`request`, `visitor`)
);
--> statement-breakpoint
CREATE INDEX `privacy_request_visitors_visitor` ON `privacy_request_visitors` (`visitor`);--> statement-breakpoint
CREATE TABLE `privacy_requests` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`site_id` integer NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`asked_by` text NOT NULL,
	`asked_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`status` text NOT NULL,
	`closed_at` integer,
	`outcome` text,
	`idempotency` blob,
	`fingerprint` blob
);
--> statement-breakpoint
CREATE UNIQUE INDEX `privacy_requests_id_unique` ON `privacy_requests` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `privacy_requests_idempotency` ON `privacy_requests` (`site_id`,`idempotency`);--> statement-breakpoint
CREATE INDEX `privacy_requests_status` ON `privacy_requests` (`status`);--> statement-breakpoint
ALTER TABLE `visitors` ADD `objected_at` integer;