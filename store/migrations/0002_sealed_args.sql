-- Arguments were readable until here; none of a release exist.
ALTER TABLE "fires" DROP COLUMN "args";--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "args" "bytea";--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "args_key" "bytea";
