ALTER TABLE `contexts` ADD `source` text DEFAULT 'web' NOT NULL;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `source` text;