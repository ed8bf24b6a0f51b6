CREATE TABLE "conversations" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"key_hmac" text NOT NULL,
	"turns" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "threads" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"conversation_id" text NOT NULL,
	"account_id" text NOT NULL,
	"kind" text NOT NULL,
	"key_hmac" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pairings" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"account_id" text NOT NULL,
	"channel" text NOT NULL,
	"address_hmac" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"address" "bytea" NOT NULL,
	"code_hmac" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "approvals_effect";--> statement-breakpoint
ALTER TABLE "inbox" ALTER COLUMN "mailbox" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "inbox" ALTER COLUMN "uid_validity" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "cursors" ADD COLUMN "token" text;--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "conversation_id" text;--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "thread_id" text;--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "turn" integer;--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "answered_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "turn_id" text;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "part" integer;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "wrapped_key" "bytea" NOT NULL;--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "changed" "bytea";--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "workflow_id" text NOT NULL;--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "heard_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_key" ON "conversations" USING btree ("person_id","key_hmac");--> statement-breakpoint
CREATE UNIQUE INDEX "threads_key" ON "threads" USING btree ("account_id","key_hmac");--> statement-breakpoint
CREATE INDEX "threads_conversation" ON "threads" USING btree ("conversation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "pairings_address" ON "pairings" USING btree ("account_id","address_hmac");--> statement-breakpoint
CREATE INDEX "pairings_code" ON "pairings" USING btree ("code_hmac");--> statement-breakpoint
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_thread_id_threads_id_fk" FOREIGN KEY ("thread_id") REFERENCES "public"."threads"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "inbox_turn" ON "inbox" USING btree ("conversation_id","turn");--> statement-breakpoint
CREATE INDEX "inbox_unanswered" ON "inbox" USING btree ("conversation_id") WHERE "inbox"."conversation_id" is not null and "inbox"."answered_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_turn" ON "outbox" USING btree ("turn_id") WHERE "outbox"."turn_id" is not null;--> statement-breakpoint
CREATE INDEX "events_conversation" ON "events" USING btree (("data"->>'conversation'),"seq") WHERE "events"."data" ? 'conversation';--> statement-breakpoint
CREATE UNIQUE INDEX "approvals_effect" ON "approvals" USING btree ("effect_key","content_hash") WHERE "approvals"."state" <> 'replaced';