/**
 * What is used of node-llama-cpp: it is no dependency of Steward, and its own types are there only where it is.
 *
 * @source node-llama-cpp.withcat.ai/api
 */
export interface LlamaRuntime {
  readonly getLlama: (options: {
    readonly gpu: false | 'cuda' | 'vulkan' | 'metal';
    readonly build: 'never';
    readonly skipDownload: true;
    readonly progressLogs: false;
    readonly maxThreads: number;
    readonly logLevel: string;
  }) => Promise<Llama>;
  readonly LlamaChat: new (options: {
    readonly contextSequence: LlamaSequence;
    readonly autoDisposeSequence: false;
  }) => LlamaChat;
}

export interface Llama {
  loadModel(options: { readonly modelPath: string; readonly loadSignal?: AbortSignal }): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: object): Promise<unknown>;
  getGrammarFor(kind: 'json'): Promise<unknown>;
  dispose(): Promise<void>;
}

export interface LlamaModel {
  tokenize(text: string): readonly number[];
  /** Tokens that it was made for. */
  readonly trainContextSize: number;
  createEmbeddingContext(options: { readonly contextSize: { readonly max: number } }): Promise<LlamaEmbeddingContext>;
  createContext(options: {
    readonly contextSize: number | { readonly max: number };
    readonly sequences: 1;
  }): Promise<LlamaContext>;
  dispose(): Promise<void>;
}

export interface LlamaEmbeddingContext {
  getEmbeddingFor(text: string): Promise<{ readonly vector: readonly number[] }>;
}

export interface LlamaContext {
  readonly contextSize: number;
  getSequence(): LlamaSequence;
}

export interface LlamaSequence {
  readonly tokenMeter: {
    getState(): object;
    diff(before: object): { readonly usedInputTokens: number; readonly usedOutputTokens: number };
  };
}

export type LlamaTurn =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] };

export interface LlamaChat {
  generateResponse(
    history: readonly LlamaTurn[],
    options: {
      readonly maxTokens: number;
      readonly temperature?: number;
      readonly grammar?: unknown;
      readonly signal: AbortSignal;
      readonly stopOnAbortSignal: false;
      readonly onTextChunk: (text: string) => void;
    },
  ): Promise<{ readonly response: string }>;
}
