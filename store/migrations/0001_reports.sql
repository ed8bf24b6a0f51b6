CREATE TABLE "reports" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"fire_id" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_fire_id_fires_id_fk" FOREIGN KEY ("fire_id") REFERENCES "public"."fires"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "reports_fire" ON "reports" USING btree ("fire_id");--> statement-breakpoint
CREATE INDEX "reports_made" ON "reports" USING btree ("person_id","made_at");