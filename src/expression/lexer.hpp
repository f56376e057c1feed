#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickstock {

/// A word, number or sign of an expression.
struct Token {
    enum class Kind : std::uint8_t {
        End,
        Number,
        Name,
        And,
        Or,
        Not,
        LeftParenthesis,
        RightParenthesis,
        Plus,
        Minus,
        Times,
        Over,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Equal,
        NotEqual,
        Unknown,  ///< no token: `text` is what stands there
    };
    Kind kind = Kind::End;
    std::string_view text;   ///< as written, within the expression
    std::size_t column = 1;  ///< in bytes, from 1
};

/// Cuts an expression into tokens, left to right. `text` must outlive it and its tokens.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Token next();

private:
    Token take(Token::Kind kind, std::size_t length);
    std::size_t number_length() const;

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace tickstock
