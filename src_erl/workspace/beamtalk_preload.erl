%%% @doc Loads in bulk what nearly every command needs, while other things start.
%%%
%%% Modules loaded together are prepared side by side and cost a third of being loaded one by one when they are first called. The lists are
%%% no truth, only a good guess: a module that is missing here is loaded when it is called.
-module(beamtalk_preload).

-export([own/0, compiler/0]).

%% @doc Modules of this package: runtime, bridge, evaluation. Returns when they are there.
-spec own() -> ok.
own() ->
    _ = code:ensure_modules_loaded(own_modules()),
    ok.

%% @doc What compiling an expression takes: the library of the compiler, and the part of OTP's compiler that turns Core Erlang into a
%% module. Runs beside the caller.
-spec compiler() -> ok.
compiler() ->
    _ = spawn(fun() -> code:ensure_modules_loaded(compiler_modules()) end),
    _ = spawn(fun() -> code:ensure_loaded(beamtalk_compiler_nif) end),
    ok.

own_modules() ->
    [
        beamtalk_actor, beamtalk_class_builder, beamtalk_class_index, beamtalk_class_instantiation,
        beamtalk_class_registry, beamtalk_class_sup, beamtalk_class_vars, beamtalk_compiler, beamtalk_compiler_app,
        beamtalk_compiler_backend, beamtalk_compiler_port, beamtalk_compiler_server, beamtalk_compiler_sup,
        beamtalk_core_compiler, beamtalk_dispatch, beamtalk_dispatch_cache, beamtalk_display, beamtalk_error,
        beamtalk_eval_modules, beamtalk_extensions, beamtalk_future, beamtalk_load_notes, beamtalk_loader,
        beamtalk_message_dispatch, beamtalk_object_class, beamtalk_object_instances, beamtalk_printer,
        beamtalk_repl_eval, beamtalk_repl_state, beamtalk_repl_text, beamtalk_runtime_app, beamtalk_runtime_sup,
        beamtalk_selector, beamtalk_session, beamtalk_session_sup, beamtalk_stdlib, beamtalk_tables, beamtalk_tag,
        beamtalk_transcript_printer, beamtalk_workspace_app, beamtalk_workspace_objects, beamtalk_workspace_sup
    ].

compiler_modules() ->
    [
        beam_a, beam_asm, beam_call_types, beam_clean, beam_dict, beam_jump, beam_kernel_to_ssa, beam_opcodes, beam_ssa,
        beam_ssa_codegen, beam_ssa_pre_codegen, beam_types, beam_utils, beam_validator,
        beam_z, cerl, cerl_trees, compile, core_lib, core_parse, core_scan, erl_bifs, erl_internal, ordsets, sets, string,
        sys_core_bsm, sys_core_prepare, unicode_util, v3_kernel
    ].
