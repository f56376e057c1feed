#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/state_archive.hpp"
#include "engine/pipeline.hpp"
#include "engine/run.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// A shard's state as it stands behind one entry, copied in slices while the shard goes on: what
/// the next run may change is copied before it does, so that no symbol of the copy is ahead of that
/// entry. Shard's thread.
class StateCopy {
public:
    using Parts = std::vector<std::pair<std::string, std::string>>;  // section, bytes

    /// Copies at once what is of no symbol. `symbols`: those that live here. `of_feed`: this shard
    /// tells what is of the whole feed. `pipeline` outlives this.
    /// REQUIRES: in the pipeline nothing is half done.
    StateCopy(const Pipeline& pipeline, std::vector<SymbolId> symbols, bool of_feed);

    /// Before the pipeline takes the run in. `shard`: its number in run.shard_of.
    void before(const Run& run, unsigned shard);

    /// Copies up to `count` symbols; true when none is left.
    bool step(std::size_t count);

    /// REQUIRES: none is left.
    Parts take();

private:
    void before(const Decision& decision);
    void copy(SymbolId symbol);
    void end_slice();

    const Pipeline& pipeline_;
    std::vector<SymbolId> symbols_;
    std::size_t next_ = 0;       // in symbols_
    std::vector<bool> not_yet_;  // by id
    StateWriter one_;            // reused
    StateWriter slice_;
    Parts parts_;
};

}  // namespace tickstock
