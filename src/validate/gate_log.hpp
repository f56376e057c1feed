#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "validate/gate.hpp"

namespace tickstock::validate {

/// Judges what a group's gates have measured and keeps the outcomes in the order of the table. A
/// gate that nobody told of when the group is over has failed: nothing passes by being left out.
/// One thread.
class GateLog {
public:
    using Told = std::function<void(const GateOutcome&)>;

    /// `told` is called for each outcome as it comes, for the progress.
    GateLog(GateGroup group, const Clock& clock, Told told = {});

    /// A figure against the gate's target. REQUIRES: the group has such a gate with a target.
    void figure(std::string_view gate, double figure, std::string detail);
    /// A statement. REQUIRES: the group has such a gate without a target.
    void check(std::string_view gate, bool holds, std::string detail);
    /// It could not be measured: failed, whatever the target.
    void fail(std::string_view gate, std::string why);
    /// A gate that is not required does not apply here. REQUIRES: it is not required.
    void skip(std::string_view gate, std::string why);

    bool has(std::string_view gate) const;

    /// Fails what was not told, with `why`, and gives all outcomes in the table's order.
    std::vector<GateOutcome> finish(const std::string& why);

private:
    void add(std::string_view gate, Verdict verdict, std::optional<double> figure,
             std::string detail);
    const GateSpec& spec_of(std::string_view gate) const;

    const GateGroup group_;
    const Clock& clock_;
    const Told told_;
    Nanos last_;
    std::vector<GateOutcome> outcomes_;
};

}  // namespace tickstock::validate
