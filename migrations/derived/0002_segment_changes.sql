CREATE TABLE `rule_marks` (
	`site_id` integer PRIMARY KEY NOT NULL,
	`rules` text NOT NULL,
	`day` integer NOT NULL,
	`currency` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `segment_changes` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`site_id` integer NOT NULL,
	`segment_id` text NOT NULL,
	`visitor` integer NOT NULL,
	`at` integer NOT NULL,
	`entered` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `segment_changes_visitor` ON `segment_changes` (`site_id`,`visitor`);--> statement-breakpoint
CREATE INDEX `segment_changes_at` ON `segment_changes` (`site_id`,`at`);--> statement-breakpoint
CREATE INDEX `memberships_visitor` ON `memberships` (`site_id`,`visitor`);