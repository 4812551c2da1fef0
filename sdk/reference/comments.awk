# The comments of our headers as Doxygen knows them: what stands before a thing, what stands behind it on its
# line, and the one at a file's top.
FNR == 1 {
  if (sub(/^\/\/ ?/, "/// \\file\n/// ")) { print; next }
  if (sub(/^\/\* ?/, "/** \\file\n * ")) { print; next }
}
/^ *\/\// { sub(/\/\/ ?/, "/// ") }
/^ *\/\* / { sub(/\/\*/, "/**") }
/[;,{})] +\/\/ / { match($0, /[;,{})] +\/\/ /); $0 = substr($0, 1, RSTART) " ///< " substr($0, RSTART + RLENGTH) }
/[;,{}] +\/\* / { sub(/\/\* /, "/**< ") }
{ print }
