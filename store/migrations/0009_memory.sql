CREATE TABLE "memory_facts" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"wrapped_key" "bytea",
	"created_at" timestamp with time zone NOT NULL,
	"forgotten_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "memory_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigserial NOT NULL,
	"fact_id" text NOT NULL,
	"person_id" text NOT NULL,
	"version" integer NOT NULL,
	"change" text NOT NULL,
	"content" "bytea",
	"origin" text NOT NULL,
	"channel" text NOT NULL,
	"inbox_id" text,
	"local_only" boolean NOT NULL,
	"act_id" text NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "memory_facts" ADD CONSTRAINT "memory_facts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memory_versions" ADD CONSTRAINT "memory_versions_fact_id_memory_facts_id_fk" FOREIGN KEY ("fact_id") REFERENCES "public"."memory_facts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memory_versions" ADD CONSTRAINT "memory_versions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "memory_facts_person" ON "memory_facts" USING btree ("person_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "memory_versions_fact" ON "memory_versions" USING btree ("fact_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "memory_versions_act" ON "memory_versions" USING btree ("person_id","act_id");--> statement-breakpoint
CREATE INDEX "memory_versions_person" ON "memory_versions" USING btree ("person_id","seq");