#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "model/accounting.hpp"
#include "model/enums.hpp"
#include "model/event.hpp"
#include "model/record.hpp"
#include "model/record_reader.hpp"
#include "model/rollout.hpp"

namespace tickstock::validate {

/// What the engine made of records in this process, without threads, journal and sockets.
struct EngineResult {
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::array<std::uint64_t, event_type_count> by_type{};
    std::array<std::uint64_t, channel_type_count> events_by_channel{};
    std::uint64_t hash = 0;           ///< of the bodies, as `tickstock replay` tells it
    Accounting accounting;            ///< sources and publishing included
    double seconds = 0;               ///< from records to encoded events
    double processor_seconds = 0;     ///< the same of this thread; of a tape only
    std::uint64_t memory_bytes = 0;   ///< engine, stream and its events at the end; of a tape only
    std::vector<std::string> bodies;  ///< when asked for
};

/// All of `reader` through a fresh engine. `time` measures; one thread.
Result<EngineResult> run_engine(const PipelineSettings& settings, unsigned shards,
                                RecordReader& reader, bool keep_bodies = false);

/// The same of records in memory, in batches as a live source hands them over. `tape` is copied
/// batch by batch, which is in the time. `flags` stand from the first record on, where the settings
/// install the integrator; the paths are timed then, as a running engine does it.
Result<EngineResult> run_engine(const PipelineSettings& settings, unsigned shards,
                                const RecordBatch& tape, const FeatureFlags& flags = {});

/// Records that run_engine() gives the engine at a time.
inline constexpr std::size_t engine_batch_records = 1024;

/// `count` trades of `symbols` symbols, Zipf 0.9 by rank, so many a market second, random walks of
/// single cents, 45 % odd lots. The same for the same arguments.
RecordBatch zipf_trades(std::size_t count, std::uint32_t symbols, std::int64_t trades_per_second);

/// One bar of a minute of each symbol at one instant; prices step a little and volumes jump now and
/// then. `minute` counts from the opening of a made-up session.
RecordBatch minute_of_bars(std::uint32_t symbols, int minute);

}  // namespace tickstock::validate
