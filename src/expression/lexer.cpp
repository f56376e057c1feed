#include "expression/lexer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tickstock {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool goes_on(char c) {
    return begins_name(c) || is_digit(c) || c == '.';
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Longer signs stand before those that they begin with.
constexpr std::array<std::pair<std::string_view, Token::Kind>, 17> signs{{
    {"<>", Token::Kind::Unknown},  // as others write !=
    {"<=", Token::Kind::LessOrEqual},
    {">=", Token::Kind::GreaterOrEqual},
    {"==", Token::Kind::Equal},
    {"!=", Token::Kind::NotEqual},
    {"&&", Token::Kind::And},
    {"||", Token::Kind::Or},
    {"<", Token::Kind::Less},
    {">", Token::Kind::Greater},
    {"!", Token::Kind::Not},
    {"(", Token::Kind::LeftParenthesis},
    {")", Token::Kind::RightParenthesis},
    {"+", Token::Kind::Plus},
    {"-", Token::Kind::Minus},
    {"*", Token::Kind::Times},
    {"/", Token::Kind::Over},
    {"=", Token::Kind::Unknown},
}};

}  // namespace

Token Lexer::take(Token::Kind kind, std::size_t length) {
    const Token token{kind, text_.substr(at_, length), at_ + 1};
    at_ += token.text.size();
    return token;
}

/// Digits[.digits][e[+-]digits] or .digits; 0 where none stands.
std::size_t Lexer::number_length() const {
    std::size_t end = at_;
    const auto digits = [&] {
        const std::size_t begin = end;
        while (end < text_.size() && is_digit(text_[end])) {
            ++end;
        }
        return end - begin;
    };
    std::size_t count = digits();
    if (end < text_.size() && text_[end] == '.') {
        ++end;
        count += digits();
    }
    if (count == 0) {
        return 0;
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
        const std::size_t before = end++;
        if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) {
            ++end;
        }
        if (digits() == 0) {
            end = before;
        }
    }
    return end - at_;
}

Token Lexer::next() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
        ++at_;
    }
    if (at_ == text_.size()) {
        return take(Token::Kind::End, 0);
    }
    const auto rest = text_.substr(at_);
    if (begins_name(rest[0])) {
        const auto end = std::find_if_not(rest.begin(), rest.end(), goes_on);
        const Token name = take(Token::Kind::Name, static_cast<std::size_t>(end - rest.begin()));
        const auto as = [&](Token::Kind kind) { return Token{kind, name.text, name.column}; };
        return name.text == "and"   ? as(Token::Kind::And)
               : name.text == "or"  ? as(Token::Kind::Or)
               : name.text == "not" ? as(Token::Kind::Not)
                                    : name;
    }
    if (const std::size_t length = number_length(); length > 0) {
        // "100k" and "1.2.3" are no numbers.
        const std::size_t after = at_ + length;
        const bool ends = after == text_.size() || !goes_on(text_[after]);
        return take(ends ? Token::Kind::Number : Token::Kind::Unknown,
                    ends ? length
                         : static_cast<std::size_t>(
                               std::find_if_not(rest.begin() + static_cast<std::ptrdiff_t>(length),
                                                rest.end(), goes_on) -
                               rest.begin()));
    }
    for (const auto& [sign, kind] : signs) {
        if (rest.starts_with(sign)) {
            return take(kind, sign.size());
        }
    }
    return take(Token::Kind::Unknown, 1);
}

}  // namespace tickstock
