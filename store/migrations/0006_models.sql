CREATE TABLE "model_calls" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"purpose" text NOT NULL,
	"ref" text,
	"intent" text NOT NULL,
	"model" text NOT NULL,
	"local_only" boolean NOT NULL,
	"outcome" text,
	"input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"cost" double precision NOT NULL,
	"first_ms" integer,
	"took_ms" integer,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_probes" (
	"model" text NOT NULL,
	"print" text NOT NULL,
	"can" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "model_probes_model_print_pk" PRIMARY KEY("model","print")
);
--> statement-breakpoint
CREATE TABLE "model_rates" (
	"model" text NOT NULL,
	"unit" text NOT NULL,
	"next_ms" double precision NOT NULL,
	CONSTRAINT "model_rates_model_unit_pk" PRIMARY KEY("model","unit")
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "read_turn" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "model_calls" ADD CONSTRAINT "model_calls_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "model_calls_spent" ON "model_calls" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "model_calls_model" ON "model_calls" USING btree ("model","created_at");