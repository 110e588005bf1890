ALTER TABLE `receipts` ADD `gpc` integer;--> statement-breakpoint
ALTER TABLE `receipts` ADD `effective` integer;