#include "engine/configuration_text.hpp"
#include "engine/pipeline.hpp"

// Pipeline: state to bytes and back, each stage for itself.

namespace tickstock {

void Pipeline::save_symbol(SymbolId symbol, StateWriter& out) const {
    if (symbol == symbol_none) {  // what is told of the whole feed
        coordinator_.save_symbol(symbol, out);
        return;
    }
    intake_.save_symbol(symbol, out);
    tick_lane_.save_symbol(symbol, out);
    bar_lane_.save_symbol(symbol, out);
    value_lane_.save_symbol(symbol, out);
    rules_.save_symbol(symbol, out);
    coordinator_.save_symbol(symbol, out);
    if (integrator_) {
        integrator_->save_symbol(symbol, out);
    }
}

void Pipeline::load_symbol(SymbolId symbol, StateReader& in) {
    if (symbol == symbol_none) {
        coordinator_.load_symbol(symbol, in);
        return;
    }
    intake_.load_symbol(symbol, in);
    tick_lane_.load_symbol(symbol, in);
    bar_lane_.load_symbol(symbol, in);
    value_lane_.load_symbol(symbol, in);
    rules_.load_symbol(symbol, in);
    coordinator_.load_symbol(symbol, in);
    if (integrator_) {
        integrator_->load_symbol(symbol, in);
    }
}

void Pipeline::forget_symbol(SymbolId symbol) {
    intake_.forget_symbol(symbol);
    tick_lane_.forget_symbol(symbol);
    bar_lane_.forget_symbol(symbol);
    value_lane_.forget_symbol(symbol);
    rules_.forget_symbol(symbol);
    coordinator_.forget_symbol(symbol);
    if (integrator_) {
        integrator_->forget_symbol(symbol);
    }
}

void Pipeline::save_totals(StateWriter& out) const {
    intake_.save_totals(out);
    for (const ProcessingChannel* channel :
         {static_cast<const ProcessingChannel*>(&tick_channel_),
          static_cast<const ProcessingChannel*>(&ohlcv_channel_),
          static_cast<const ProcessingChannel*>(&fmv_channel_)}) {
        channel->save_totals(out);
    }
    tick_lane_.save_totals(out);
    bar_lane_.save_totals(out);
    value_lane_.save_totals(out);
    rules_.save_totals(out);
    coordinator_.save_totals(out);
    priority_.save_totals(out);
    source_contexts_.save_totals(out);
    out(detections_);
    if (integrator_) {
        integrator_->save_totals(out);
    }
}

void Pipeline::add_totals(StateReader& in) {
    intake_.add_totals(in);
    for (ProcessingChannel* channel : {static_cast<ProcessingChannel*>(&tick_channel_),
                                       static_cast<ProcessingChannel*>(&ohlcv_channel_),
                                       static_cast<ProcessingChannel*>(&fmv_channel_)}) {
        channel->add_totals(in);
    }
    tick_lane_.add_totals(in);
    bar_lane_.add_totals(in);
    value_lane_.add_totals(in);
    rules_.add_totals(in);
    coordinator_.add_totals(in);
    priority_.add_totals(in);
    source_contexts_.add_totals(in);
    std::array<std::uint64_t, channel_type_count> detections{};
    in(detections);
    for (std::size_t i = 0; i < detections.size(); ++i) {
        detections_[i] += detections[i];
    }
    if (integrator_) {
        integrator_->add_totals(in);
    }
}

void Pipeline::save_control(StateWriter& out) const {
    out(status(ChannelType::Tick), status(ChannelType::Ohlcv), status(ChannelType::Fmv),
        switched_rules_);
    priority_.save_control(out);
    out(configuration_, integrator_ != nullptr);
    if (integrator_) {
        integrator_->save_control(out);
    }
}

void Pipeline::load_control(StateReader& in) {
    for (const ChannelType type : {ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv}) {
        ChannelStatus status = ChannelStatus::Active;
        in(status);
        channel(type).set_status(status);
    }
    in(switched_rules_);
    for (const auto& [rule, on] : switched_rules_) {
        switch_rule(rule, on);
    }
    priority_.load_control(in);
    std::string configuration;
    if (in.ok() && !in.at_end()) {  // the first ones ended here
        in(configuration);
    }
    bool has_rollout = false;
    if (in.ok() && !in.at_end()) {
        in(has_rollout);
    }
    if (has_rollout) {
        // One that is not installed any more leaves it to the journal.
        MarketDataServiceIntegrator unused(settings_, nullptr, symbols_);
        (integrator_ ? *integrator_ : unused).load_control(in);
    }
    if (in.ok() && !configuration.empty()) {
        reconfigure(settings_of(configuration, settings_), configuration);
    }
}

void Pipeline::save_parked(StateWriter& out) const {
    for (const ParkedItems& parked : parked_) {
        StateWriter items;
        const_cast<ParkedItems&>(parked).save(items, 0, parked.size());  // reads the spill store
        out(items.text());
    }
}

bool Pipeline::read_parked(std::string_view saved, AllParked& out) {
    StateReader in(saved);
    for (std::vector<ParkedItem>& items_of_channel : out) {
        std::string items;
        in(items);
        StateReader reader(items);
        ParkedItems::for_each(reader,
                              [&](const ParkedItem& item) { items_of_channel.push_back(item); });
        if (!reader.ok()) {
            return false;
        }
    }
    return in.ok();
}

void Pipeline::load_parked(ChannelType type, const ParkedItem& item) {
    const bool skipped = !item.note.session_only && skips_.take(item.record.header().sequence);
    if (skipped) {  // after the state was saved
        if (integrator_ && type == ChannelType::Tick) {
            integrator_->mark_stale(item.record.header().symbol);
        }
        channel(type).push(item.item(), Nanos{0}, skipped);
    } else {
        channel(type).push_parked(item);
    }
}

}  // namespace tickstock
