// esbuild takes style sheets in; to the type checker they are empty.
declare module "*.css";
