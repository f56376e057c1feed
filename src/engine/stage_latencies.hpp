#pragma once

#include "metrics/histogram.hpp"

namespace tickstock {

/// From a batch's hand-over by its source until a stage is through with it, a batch each. What
/// follows, its events' being in the stream, is EngineStatus::batch_latency.
struct StageLatencies {
    Histogram admission;  ///< in the one order
    Histogram journal;    ///< with the operating system
    Histogram detection;  ///< worked by all shards
};

}  // namespace tickstock
