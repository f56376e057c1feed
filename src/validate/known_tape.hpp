#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "model/record.hpp"
#include "model/record_reader.hpp"

namespace tickstock::validate {

/// A few symbols, one for each kind of event, as a person would write a test by hand; all three
/// channels. A symbol's name says what it must give.
RecordBatch known_tape();

/// What the known tape gives with default settings and the rule: "10:00:05 HILO high up 100.2".
const std::vector<std::string>& known_events();

/// The event in the words of known_events(); the time is New York's on the tape's day.
std::string words_of(std::string_view event_body);

/// A rule that the known tape makes true once.
UserRule known_rule();

/// Writes the tape as a file that a replay source reads.
std::optional<Error> write_known_tape(const std::string& path);

/// A made-up morning of `symbols` symbols with quotes, bars, fair values and halts, from 04:00 to
/// `end_at` minutes behind the opening. The same for the same arguments.
Result<std::unique_ptr<RecordReader>> lively_morning(unsigned symbols, unsigned minutes);

}  // namespace tickstock::validate
