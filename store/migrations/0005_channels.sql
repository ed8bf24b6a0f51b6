CREATE TABLE "send_rates" (
	"account_id" text PRIMARY KEY NOT NULL,
	"next_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "turn_steps" (
	"turn_id" text NOT NULL,
	"person_id" text NOT NULL,
	"step" integer NOT NULL,
	"call" integer NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"tainted" boolean DEFAULT false NOT NULL,
	"model" text,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"cost" double precision DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "turn_steps_turn_id_step_call_pk" PRIMARY KEY("turn_id","step","call")
);
--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "stopped" text;--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "draft_place" text;--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "tainted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "send_rates" ADD CONSTRAINT "send_rates_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turn_steps" ADD CONSTRAINT "turn_steps_turn_id_inbox_id_fk" FOREIGN KEY ("turn_id") REFERENCES "public"."inbox"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turn_steps" ADD CONSTRAINT "turn_steps_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "turn_steps_spent" ON "turn_steps" USING btree ("person_id","created_at");