CREATE TABLE "intent_lessons" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"intent" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "kept_answers" (
	"print" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"ends_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "model_calls" ADD COLUMN "flow" text;--> statement-breakpoint
ALTER TABLE "model_calls" ADD COLUMN "trigger" text;--> statement-breakpoint
ALTER TABLE "intent_lessons" ADD CONSTRAINT "intent_lessons_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kept_answers" ADD CONSTRAINT "kept_answers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "intent_lessons_person" ON "intent_lessons" USING btree ("person_id","id");--> statement-breakpoint
CREATE INDEX "kept_answers_ends" ON "kept_answers" USING btree ("ends_at");