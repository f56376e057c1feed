#pragma once

#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/accounting.hpp"
#include "model/event.hpp"
#include "support/naive_session_market.hpp"

/// The real engine on a tape, and the words for its differences from an oracle.
namespace tickstock::naive {

struct EngineRun {
    std::vector<Event> events;
    std::vector<std::string> symbols;  ///< of the events
    std::uint64_t hash = 0;            ///< of the event stream
    Accounting accounting;
};

/// Batches of 0 … longest_batch records, cut at random.
EngineRun run_engine(const Tape& tape, const PipelineSettings& settings, unsigned shards,
                     std::uint64_t cut_seed, std::size_t longest_batch);

/// Everything off but what the test turns on again.
PipelineSettings detectors_off();

/// Equal as published (six decimals), or so close that only the last bit of a computation can have
/// moved it over a rounding edge.
bool same_number(double a, double b);

/// Collects differences, field by field.
class Comparison {
public:
    template <class T>
    void field(const char* name, const T& oracle, const T& engine) {
        if (!(oracle == engine)) {
            differences_ << "  " << name << ": oracle " << oracle << ", engine " << engine << "\n";
        }
    }
    void number(const char* name, double oracle, double engine);
    std::string text() const { return differences_.str(); }

private:
    std::ostringstream differences_;
};

/// Folder of recorded data that is not committed: TICKSTOCK_TEST_DATA, or beside the checkout.
std::string recorded_path(const std::string& name);

/// Lines of a gzipped file cut at `separator`, the header left out; empty when there is no file.
std::vector<std::vector<std::string>> read_table(const std::string& path, char separator);

/// "167.4150" -> 167415000000 for nine decimals; digits beyond are cut. Plain decimals only.
std::int64_t fixed_point(const std::string& text, std::size_t decimals);

/// Prints how often each thing happened and fails for those that did so less than `least` times.
void expect_all_seen(const std::map<std::string, std::uint64_t>& counts, std::uint64_t least);

}  // namespace tickstock::naive
