defmodule Consumer do
  @moduledoc "An Elixir program that compiles, loads and calls a Beamtalk class."

  @source """
  Object subclass: Tally
    state: n = 0
    n => self.n
    plus: k => self.n + k
  """

  def main do
    {:ok, _} = Application.ensure_all_started(:beamtalk)
    {:ok, %{module: module, classes: [:Tally]}} = :beamtalk_compiler.load(@source, %{})
    tally = module.new(%{n: 20})
    41 = module.dispatch(:"plus:", [21], tally)
    20 = :beamtalk_message_dispatch.send(tally, :n, [])
    IO.puts("consumer ok, backend #{:beamtalk_compiler.backend()}")
  end
end
