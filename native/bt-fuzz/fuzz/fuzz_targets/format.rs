#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    bt_fuzz::formatting::format(input);
});
