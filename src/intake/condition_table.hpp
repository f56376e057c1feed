#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/enums.hpp"
#include "model/intake_note.hpp"

namespace tickstock {

/// Sale conditions and what a trade that carries them may update: data, not code. The built-in rows
/// are the consolidated rules of PROTOCOLS 2a with SPEC 3's decisions; a file replaces them.
class ConditionTable {
public:
    /// The built-in table.
    ConditionTable();

    /// Reads CSV with a header naming id, updates_high_low, updates_open_close, updates_volume
    /// (1, 0, or empty = neutral); other columns are ignored. An error names file, line and value.
    static Result<ConditionTable> from_file(const std::string& path);

    struct Verdict {
        Eligibility eligibility;
        std::uint8_t unknown_codes = 0;  ///< in no row: neutral, to be counted
    };

    /// Any "no" wins, per flag. In every session but `regular`, Form T (12) is neutral, because it
    /// only says that the trade was done outside regular hours.
    Verdict judge(std::span<const std::uint8_t> codes, TradingSession session) const {
        Verdict verdict{Eligibility::all(), 0};
        for (const std::uint8_t code : codes) {
            if (code == form_t && session != TradingSession::Regular) {
                continue;
            }
            verdict.eligibility = verdict.eligibility & rows_[code].eligibility;
            verdict.unknown_codes =
                static_cast<std::uint8_t>(verdict.unknown_codes + (rows_[code].known ? 0 : 1));
        }
        return verdict;
    }

    /// False: the code stands in no row, and judge() counts it.
    bool knows(std::uint8_t code, TradingSession session) const {
        return rows_[code].known || (code == form_t && session != TradingSession::Regular);
    }

private:
    static constexpr std::uint8_t form_t = 12;

    struct Row {
        Eligibility eligibility = Eligibility::all();
        bool known = false;
    };
    std::array<Row, 256> rows_{};
};

}  // namespace tickstock
