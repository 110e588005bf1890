CREATE TABLE `idempotent_answers` (
	`key` blob PRIMARY KEY NOT NULL,
	`fingerprint` blob NOT NULL,
	`at` integer NOT NULL,
	`status` integer,
	`body` text
);
--> statement-breakpoint
CREATE INDEX `idempotent_answers_at` ON `idempotent_answers` (`at`);--> statement-breakpoint
CREATE TABLE `login_codes` (
	`id` text PRIMARY KEY NOT NULL,
	`digest` blob NOT NULL,
	`person` text NOT NULL,
	`expires_at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `people` (
	`id` text PRIMARY KEY NOT NULL,
	`label` text NOT NULL,
	`created_at` integer NOT NULL,
	`has_logged_in` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `person_logins` (
	`digest` blob PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`kind` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `person_logins_person` ON `person_logins` (`person`);--> statement-breakpoint
CREATE TABLE `person_roles` (
	`person` text NOT NULL,
	`site_id` integer NOT NULL,
	`role` text NOT NULL,
	PRIMARY KEY(`person`, `site_id`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`digest` blob PRIMARY KEY NOT NULL,
	`person` text,
	`token` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sessions_person` ON `sessions` (`person`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`made_at` integer NOT NULL,
	`ends_at` integer
);
--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`site_id` integer NOT NULL,
	`scopes` text NOT NULL,
	`label` text NOT NULL,
	`kid` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `tokens_site` ON `tokens` (`site_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `tokens_revoked` ON `tokens` (`revoked_at`);