CREATE TABLE "memory_reviews" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"fire_id" text NOT NULL,
	"found" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"undone_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "memory_uses" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"fact_id" text NOT NULL,
	"kind" text NOT NULL,
	"asked_hmac" text NOT NULL,
	"hour" integer NOT NULL,
	"used_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "memory_reviews" ADD CONSTRAINT "memory_reviews_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memory_reviews" ADD CONSTRAINT "memory_reviews_fire_id_fires_id_fk" FOREIGN KEY ("fire_id") REFERENCES "public"."fires"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memory_uses" ADD CONSTRAINT "memory_uses_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memory_uses" ADD CONSTRAINT "memory_uses_fact_id_memory_facts_id_fk" FOREIGN KEY ("fact_id") REFERENCES "public"."memory_facts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "memory_reviews_fire" ON "memory_reviews" USING btree ("fire_id");--> statement-breakpoint
CREATE INDEX "memory_reviews_person" ON "memory_reviews" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "memory_uses_person" ON "memory_uses" USING btree ("person_id","used_at");--> statement-breakpoint
CREATE UNIQUE INDEX "memory_uses_once" ON "memory_uses" USING btree ("fact_id","asked_hmac","hour");