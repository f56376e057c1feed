#include "terminal/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/utf8.hpp"

namespace tickstock {
namespace {

bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

/// Visible, and one column in every font: Latin, Greek and Cyrillic, punctuation, arrows, blocks.
bool takes_one_column(std::uint32_t code) {
    constexpr std::uint32_t soft_hyphen = 0xAD;
    const auto within = [&](std::uint32_t first, std::uint32_t last) {
        return code >= first && code <= last;
    };
    return within(0x20, 0x7E) || (within(0xA0, 0x2FF) && code != soft_hyphen) ||
           within(0x370, 0x377) || within(0x384, 0x3FF) || within(0x400, 0x482) ||
           within(0x2010, 0x2027) || within(0x2190, 0x2193) || within(0x2500, 0x259F) ||
           code == 0x25B2 || code == 0x25BC;
}

struct Replacement {
    std::string_view character;
    char ascii;
};
constexpr std::array<Replacement, 24> replacements{
    {{"▁", '_'}, {"▂", '.'}, {"▃", '-'}, {"▄", '~'}, {"▅", '='}, {"▆", '+'},
     {"▇", '*'}, {"█", '#'}, {"░", '.'}, {"│", '|'}, {"─", '-'}, {"…", '~'},
     {"–", '-'}, {"—", '-'}, {"·", '.'}, {"µ", 'u'}, {"×", 'x'}, {"▲", '^'},
     {"▼", 'v'}, {"↑", '^'}, {"↓", 'v'}, {"→", '>'}, {"✓", '+'}, {"✗", '!'}}};

}  // namespace

std::size_t text_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string clean_text(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const std::size_t bytes = utf8_sequence(text);
        if (bytes > 0 && takes_one_column(code_point(text.substr(0, bytes)))) {
            clean += text.substr(0, bytes);
        } else {
            clean += '?';
        }
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return clean;
}

std::string_view first_columns(std::string_view text, std::size_t width) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (begins_character(text[at]) && width-- == 0) {
            break;
        }
    }
    return text.substr(0, at);
}

std::string fit(std::string_view text, std::size_t width, Align align) {
    const std::size_t columns = text_width(text);
    if (columns > width) {
        return width == 0 ? std::string() : std::string(first_columns(text, width - 1)) + "…";
    }
    const std::string blanks(width - columns, ' ');
    return align == Align::Left ? std::string(text) + blanks : blanks + std::string(text);
}

std::string to_ascii(std::string_view text) {
    std::string ascii;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && !begins_character(text[end])) {
            ++end;
        }
        const std::string_view character = text.substr(at, end - at);
        const auto* found =
            std::find_if(replacements.begin(), replacements.end(),
                         [&](const Replacement& one) { return one.character == character; });
        ascii += character.size() == 1         ? character.front()
                 : found == replacements.end() ? '?'
                                               : found->ascii;
        at = end;
    }
    return ascii;
}

}  // namespace tickstock
