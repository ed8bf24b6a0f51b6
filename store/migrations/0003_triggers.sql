CREATE TABLE "payloads" (
	"fire_id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"media_type" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trigger_states" (
	"trigger" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"paused_at" timestamp with time zone,
	"paused_by" text,
	"skip_next" integer DEFAULT 0 NOT NULL,
	"memory_key" "bytea",
	"memory" "bytea",
	"watch" jsonb,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "absences" (
	"from_at" timestamp with time zone PRIMARY KEY NOT NULL,
	"to_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"fire_id" text NOT NULL,
	"trigger" text NOT NULL,
	"service" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"flaps" integer DEFAULT 0 NOT NULL,
	"timeline_key" "bytea" NOT NULL,
	"timeline" "bytea" NOT NULL,
	"acknowledged_by" text,
	"opened_at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone,
	"recovered_at" timestamp with time zone,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "presence" (
	"id" integer PRIMARY KEY NOT NULL,
	"seen_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "trigger" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "slot_key" text;--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "policy" jsonb;--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "waits" text;--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "not_before" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "begun_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "caused_by" text;--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "depth" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "fires" ADD COLUMN "followed" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "payloads" ADD CONSTRAINT "payloads_fire_id_fires_id_fk" FOREIGN KEY ("fire_id") REFERENCES "public"."fires"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payloads" ADD CONSTRAINT "payloads_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_states" ADD CONSTRAINT "trigger_states_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_fire" ON "incidents" USING btree ("fire_id");--> statement-breakpoint
CREATE INDEX "incidents_state" ON "incidents" USING btree ("state");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_slot" ON "deliveries" USING btree ("trigger","slot_key");--> statement-breakpoint
CREATE INDEX "deliveries_fire" ON "deliveries" USING btree ("fire_id");--> statement-breakpoint
CREATE INDEX "fires_trigger" ON "fires" USING btree ("trigger","accepted_at");--> statement-breakpoint
CREATE INDEX "fires_caused" ON "fires" USING btree ("caused_by") WHERE "fires"."caused_by" is not null;--> statement-breakpoint
CREATE INDEX "fires_unfollowed" ON "fires" USING btree ("id") WHERE not "fires"."followed";--> statement-breakpoint
CREATE INDEX "fires_waiting" ON "fires" USING btree ("trigger") WHERE "fires"."waits" is not null and "fires"."state" = 'open';