%%% @doc Who still runs the previous version of a module.
%%%
%%% The node keeps two versions of a module. Before a third can be loaded the oldest has to go, and a process that is inside of it
%%% (also below other calls) would be killed. So everyone who loads or unloads asks here first (`purge/1'), and says who is in the way.
%%% A block of the old version that is only kept somewhere does not count: the node does not look for those.
-module(beamtalk_old_code).

-export([purge/1, users/1, error/2, text/1]).

-compile({no_auto_import, [error/2]}).

%% Processes named in a text; the error's details list all.
-define(NAMED, 10).

%% @doc Removes the previous version unless somebody uses it; then the answer is who. Nobody is killed.
-spec purge(module()) -> ok | {in_use, [pid(), ...]}.
purge(Module) ->
    case code:soft_purge(Module) of
        true ->
            ok;
        false ->
            case users(Module) of
                %% They have come to their end in between.
                [] -> purge(Module);
                Users -> {in_use, Users}
            end
    end.

%% @doc Processes inside of the previous version of the module.
-spec users(module()) -> [pid()].
users(Module) ->
    case erlang:check_old_code(Module) of
        true -> [Pid || Pid <- processes(), erlang:check_process_code(Pid, Module) =:= true];
        false -> []
    end.

%% @doc Why a module cannot be replaced or removed.
-spec error(module(), [pid(), ...]) -> beamtalk_error:error().
error(Module, Users) ->
    Text = ["Module ", atom_to_binary(Module), " is still in use in its previous version by ", text(Users)],
    Error = beamtalk_error:with_message(beamtalk_error:new(runtime_error, undefined), Text),
    Hint = <<"These processes run it and would be killed; end them and try again">>,
    beamtalk_error:with_details(beamtalk_error:with_hint(Error, Hint), #{module => Module, processes => Users}).

%% @doc The processes in words: an actor with its class.
-spec text([pid()]) -> iodata().
text(Pids) ->
    {Named, Rest} = lists:split(min(?NAMED, length(Pids)), Pids),
    Names = lists:join(", ", [name(Pid) || Pid <- Named]),
    case Rest of
        [] -> Names;
        _ -> [Names, " and ", integer_to_binary(length(Rest)), " more"]
    end.

name(Pid) ->
    case beamtalk_actor:ref_of(Pid) of
        undefined -> beamtalk_printer:pid_text(Pid);
        Actor -> beamtalk_printer:display(Actor)
    end.
