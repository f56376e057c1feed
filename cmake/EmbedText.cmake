# Makes a C++ file that holds a text file: cmake -D INPUT=… -D OUTPUT=… -D HEADER=… -D FUNCTION=… -P EmbedText.cmake
# A literal a line, for long ones are beyond what a compiler must take.
file(READ ${INPUT} text)
string(REGEX REPLACE "\n$" "" text "${text}")
if(text MATCHES "\\)text\"")
  message(FATAL_ERROR "${INPUT}: )text\" would end the literal")
endif()
string(REPLACE "\n" ")text\",\n    R\"text(" text "${text}")
file(WRITE ${OUTPUT} "// Made from a text file by cmake/EmbedText.cmake.
#include \"${HEADER}\"

#include <string_view>

namespace tickstock {
namespace {

constexpr std::string_view lines[] = {
    R\"text(${text})text\"};

}  // namespace

const std::string& ${FUNCTION}() {
    static const std::string text = [] {
        std::string joined;
        for (const std::string_view line : lines) {
            joined += joined.empty() ? \"\" : \"\\n\";
            joined += line;
        }
        return joined;
    }();
    return text;
}

}  // namespace tickstock
")
