CREATE TABLE "kept_embeddings" (
	"print" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "kept_embeddings" ADD CONSTRAINT "kept_embeddings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;